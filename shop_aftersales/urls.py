"""The whole URL map on one page."""

from django.contrib import admin
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts import web as session
from accounts.api import auth
from compensation.api import ops, public, shop
from compensation.api import records as records_api
from compensation.web import public as reading
from compensation.web.policies import backtest as trying
from compensation.web.policies import pages as writing
from compensation.web.rulebook import pages as rulebook
from developers.api import own
from developers.web import pages as developers
from evidence.api import public as evidence
from evidence.web import public as sealed
from integrations.api import webhooks
from ledger.api import ops as books
from orders.api import feed
from shop_aftersales import health, styleguide
from tickets.api import buyers, follow_up
from tickets.api import desk as desk_api
from tickets.web import buyer, record, records, ticket_pages
from tickets.web.desk import bulk, case, export, queue, shift

api = [
    path("auth/token/", auth.UserToken.as_view()),
    path("auth/order-access/", auth.OrderAccess.as_view()),
    path("products/", public.ProductList.as_view()),
    path("products/<str:sku>/", shop.ProductView.as_view()),
    path("policies/", public.PolicyList.as_view()),
    path("policies/<str:code>/", public.PolicyDetail.as_view()),
    path("policies/<str:code>/versions/<int:version>/", public.PolicyVersionDetail.as_view()),
    path("policies/<str:code>/preview/", public.Preview.as_view()),
    path("orders/", shop.OrderList.as_view()),
    path("orders/<str:order_no>/", shop.OrderDetail.as_view()),
    path("orders/<str:order_no>/quote/", shop.QuoteView.as_view()),
    path("orders/<str:order_no>/remedies/", records_api.OrderRemedies.as_view()),
    path("orders/<str:order_no>/remedies/<uuid:key>/units/", records_api.RemedyUnits.as_view()),
    path("orders/<str:order_no>/observations/", feed.OrderObservations.as_view()),
    path("orders/<str:order_no>/query-password/", feed.QueryPassword.as_view()),
    path("deliveries/", feed.Deliveries.as_view()),
    path("observations/", feed.Observations.as_view()),
    path("usage/", feed.UsageReports.as_view()),
    path("tickets/", buyers.TicketList.as_view()),
    path("tickets/<str:no>/", buyers.TicketDetail.as_view()),
    path("tickets/<str:no>/events/", buyers.TicketEvents.as_view()),
    path("tickets/<str:no>/evidence/", buyers.TicketEvidence.as_view()),
    path("tickets/<str:no>/messages/", buyers.Messages.as_view()),
    path("tickets/<str:no>/confirm/", buyers.Confirm.as_view()),
    path("tickets/<str:no>/withdraw/", buyers.Withdraw.as_view()),
    path("tickets/<str:no>/appeal/", buyers.Appeal.as_view()),
    path("tickets/<str:no>/nudge/", follow_up.Nudge.as_view()),
    path("tickets/<str:no>/attachments/", follow_up.Attachments.as_view()),
    path("tickets/<str:no>/attachments/<str:token>/", follow_up.AttachmentFile.as_view()),
    path("tickets/<str:no>/rating/", follow_up.Rate.as_view()),
    path("developers/me/dashboard/", own.Dashboard.as_view()),
    path("tickets/<str:no>/assign/", desk_api.Assign.as_view()),
    path("tickets/<str:no>/decide/", desk_api.Decide.as_view()),
    path("tickets/<str:no>/refuse/", desk_api.Refuse.as_view()),
    path("tickets/<str:no>/request-proof/", desk_api.RequestProof.as_view()),
    path("tickets/<str:no>/responsibility/", desk_api.Responsibility.as_view()),
    path("tickets/<str:no>/facts/", desk_api.Facts.as_view()),
    path("remedies/", ops.RemedyList.as_view()),
    path("ledger/trial-balance/", books.TrialBalance.as_view()),
    path("breaks/", books.Breaks.as_view()),
    path("evidence/head/", evidence.EvidenceHead.as_view()),
    path("evidence/entries/<int:n>/proof/", evidence.EvidenceProof.as_view()),
    path("evidence/consistency/", evidence.EvidenceConsistency.as_view()),
    path("webhooks/supplier/", webhooks.SupplierWebhook.as_view()),
    path("webhooks/refund/", webhooks.RefundWebhook.as_view()),
]

pages = [
    path("", buyer.lookup, name="home"),
    path("products/", reading.products, name="products"),
    path("products/<str:sku>/", reading.product, name="product"),
    path("rules/", rulebook.rules, name="rules"),
    path("rules/<str:code>/", rulebook.newest, name="rule"),
    path("rules/<str:code>/<int:version>/", rulebook.version, name="rule-version"),
    path("rules/<str:code>/calculator/", rulebook.calculator, name="rule-calculator"),
    path("orders/<str:no>/", buyer.order, name="order"),
    path("orders/<str:no>/claim/", buyer.claim, name="claim"),
    path("orders/<str:no>/records/", records.records, name="records"),
    path("tickets/<str:no>/", ticket_pages.ticket, name="ticket"),
    path("tickets/<str:no>/progress/", ticket_pages.progress, name="ticket-progress"),
    path("tickets/<str:no>/evidence/", record.download, name="ticket-evidence"),
    path("tickets/<str:no>/messages/", ticket_pages.say, name="ticket-messages"),
    path("tickets/<str:no>/confirm/", ticket_pages.confirm, name="ticket-confirm"),
    path("tickets/<str:no>/withdraw/", ticket_pages.withdraw, name="ticket-withdraw"),
    path("tickets/<str:no>/appeal/", ticket_pages.appeal, name="ticket-appeal"),
    path("developers/", developers.dashboard, name="developers"),
    path("developers/claims.csv", developers.claims_file, name="developer-claims"),
    path("tickets/<str:no>/nudge/", ticket_pages.nudge, name="ticket-nudge"),
    path("tickets/<str:no>/attachments/", ticket_pages.attach, name="ticket-attach"),
    path("tickets/<str:no>/attachments/<str:token>/", ticket_pages.attachment, name="ticket-attachment"),
    path("tickets/<str:no>/rating/", ticket_pages.rate, name="ticket-rating"),
    path("evidence/", sealed.record, name="record"),
    # Without a token, so that pages of errors, which know no request, can switch too: it changes what the sender reads.
    path("language/", csrf_exempt(set_language), name="language"),
    path("login/", session.log_in, name="login"),
    path("logout/", session.log_out, name="logout"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]

# Inside the admin's frame and before its own pages: the queue and the ticket stand where its lists would.
desk = [
    path("", queue.queue, name="desk-queue"),
    path("bulk/", bulk.bulk, name="desk-bulk"),
    path("shift/", shift.leave_note, name="desk-shift"),
    path("export.<str:kind>", export.export, name="desk-export"),
    path("<int:pk>/change/", case.case, name="desk-ticket"),
    path("<int:pk>/<str:action>/", case.act, name="desk-act"),
]

# Where ops write the rules.
drafts = [
    path("", writing.index, name="policy-drafts"),
    path("begin/", writing.begin, name="policy-begin"),
    path("<int:pk>/", writing.draft, name="policy-draft"),
    path("<int:pk>/backtest/", trying.backtest, name="policy-backtest"),
    path("<int:pk>/backtest/<int:run>/", trying.progress, name="policy-backtest-run"),
    path("<int:pk>/backtest/<int:run>/report.csv", trying.file, name="policy-backtest-file"),
]

urlpatterns = [
    *pages,
    *[path(f"api/v1/{route.pattern}", route.callback) for route in api],
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema")),
    path("healthz/", health.healthz),
    path("readyz/", health.readyz),
    *[path(f"admin/tickets/ticket/{route.pattern}", route.callback, name=route.name) for route in desk],
    path("admin/login/", session.log_in_to_admin),
    *[
        path(f"admin/compensation/policydraft/{route.pattern}", route.callback, name=route.name)
        for route in drafts
    ],
    path("admin/", admin.site.urls),
]

handler404 = "shop_aftersales.mishaps.not_found"
handler500 = "shop_aftersales.mishaps.broken"

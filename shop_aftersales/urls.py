"""The whole URL map on one page."""

from django.contrib import admin
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts import web as session
from accounts.api import auth, inbox
from compensation.api import card_keys as keys_api
from compensation.api import me, ops, public, shop
from compensation.api import records as records_api
from compensation.web import public as reading
from compensation.web.policies import backtest as trying
from compensation.web.policies import behind
from compensation.web.policies import pages as writing
from compensation.web.rulebook import pages as rulebook
from developers.api import cases as cases_api
from developers.api import credit as credit_api
from developers.api import defects as defects_api
from developers.api import feedback as feedback_api
from developers.api import fund as fund_api
from developers.api import own
from developers.api import recalls as recalls_api
from developers.api import statement as statement_api
from developers.web import cases as developer_cases
from developers.web import credit, defect_files, funds, statement
from developers.web import defects as developer_defects
from developers.web import feedback as wished
from developers.web import fund as guaranteed
from developers.web import pages as developers
from developers.web import public as recalled
from developers.web import recalls as recalling
from developers.web import tutorials as written
from evidence.api import public as evidence
from evidence.web import public as sealed
from integrations.api import webhooks
from ledger.api import ops as books
from orders.api import feed
from shop_aftersales import health, styleguide
from tickets.api import buyers, follow_up
from tickets.api import desk as desk_api
from tickets.api import late as late_api
from tickets.api import teaching as teaching_api
from tickets.web import buyer, card_keys, counts, late, record, records, ticket_pages, tutorials
from tickets.web.desk import bulk, case, contests, export, queue, shift
from watch.api import reports as reports_api
from watch.api import shop as suspensions
from watch.web import claim_link, points, report
from watch.web.board import page as board

api = [
    path("auth/token/", auth.UserToken.as_view()),
    path("auth/order-access/", auth.OrderAccess.as_view()),
    path("me/", me.Me.as_view()),
    path("products/", public.ProductList.as_view()),
    path("products/<str:sku>/", shop.ProductView.as_view()),
    path("products/<str:sku>/stock/", feed.Stock.as_view()),
    path("suspensions/", suspensions.Suspensions.as_view()),
    path("kinds/<str:kind>/price-tiers/", shop.KindTiersView.as_view()),
    path("kinds/<str:kind>/credit-policy/", shop.KindCreditPolicyView.as_view()),
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
    path("orders/<str:order_no>/secrets/", keys_api.Secrets.as_view()),
    path("orders/<str:order_no>/secrets/<int:unit>/reveal/", keys_api.Reveal.as_view()),
    path("orders/<str:order_no>/late-choice/", late_api.LateChoice.as_view()),
    path("orders/<str:order_no>/tutorial-answers/", teaching_api.TutorialAnswers.as_view()),
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
    path("developers/me/defects/", defects_api.Defects.as_view()),
    path("developers/me/defects/<str:no>/", defects_api.DefectView.as_view()),
    path("developers/me/defects/<str:no>/answer/", defects_api.Answer.as_view()),
    path("developers/me/defects/<str:no>/fixed/", defects_api.Fixed.as_view()),
    path("developers/me/defects/<str:no>/close/", defects_api.Close.as_view()),
    path("developers/me/defects/<str:no>/reopen/", defects_api.Reopen.as_view()),
    path("developers/me/defects/<str:no>/move/", defects_api.Move.as_view()),
    path("developers/me/defects/<str:no>/split/", defects_api.Split.as_view()),
    path("developers/me/defects/<str:no>/merge/", defects_api.Merge.as_view()),
    path("developers/me/defects/<str:no>/rename/", defects_api.Rename.as_view()),
    path("developers/me/feedback/", feedback_api.Feedback.as_view()),
    path("developers/recalls/", recalls_api.Recalls.as_view()),
    path("developers/recalls/<str:no>/", recalls_api.RecallView.as_view()),
    path("developers/recalls/<str:no>/submit/", recalls_api.Submit.as_view()),
    path("developers/recalls/<str:no>/approve/", recalls_api.Approve.as_view()),
    path("developers/recalls/<str:no>/refuse/", recalls_api.Refuse.as_view()),
    path("developers/recalls/<str:no>/stop/", recalls_api.Stop.as_view()),
    path("developers/recalls/<str:no>/resume/", recalls_api.Resume.as_view()),
    path("developers/recalls/<str:no>/again/", recalls_api.Again.as_view()),
    path("developers/me/fund/", fund_api.Fund.as_view()),
    path("developers/me/fund/claims/", fund_api.Claims.as_view()),
    path("developers/fund/claims/<str:no>/", fund_api.ClaimView.as_view()),
    path("developers/fund/claims/<str:no>/withdraw/", fund_api.Withdraw.as_view()),
    path("developers/fund/claims/<str:no>/appeal/", fund_api.Appeal.as_view()),
    path("developers/fund/claims/<str:no>/decide/", fund_api.Decide.as_view()),
    path("developers/me/statement/", statement_api.StatementView.as_view()),
    path("developers/me/credit/", credit_api.CreditView.as_view()),
    path("developers/cases/<str:no>/", cases_api.CaseDetail.as_view()),
    path("developers/cases/<str:no>/contest/", cases_api.Contest.as_view()),
    path("me/inbox/", inbox.Inbox.as_view()),
    path("me/inbox/<str:no>/read/", inbox.InboxRead.as_view()),
    path("me/reports/", reports_api.Reports.as_view()),
    path("me/reports/<str:no>/", reports_api.ReportDetail.as_view()),
    path("tickets/<str:no>/assign/", desk_api.Assign.as_view()),
    path("tickets/<str:no>/decide/", desk_api.Decide.as_view()),
    path("tickets/<str:no>/refuse/", desk_api.Refuse.as_view()),
    path("tickets/<str:no>/request-proof/", desk_api.RequestProof.as_view()),
    path("tickets/<str:no>/responsibility/", desk_api.Responsibility.as_view()),
    path("tickets/<str:no>/contest/answer/", desk_api.ContestAnswer.as_view()),
    path("tickets/<str:no>/facts/", desk_api.Facts.as_view()),
    path("remedies/", ops.RemedyList.as_view()),
    path("ledger/trial-balance/", books.TrialBalance.as_view()),
    path("breaks/", books.Breaks.as_view()),
    path("evidence/head/", evidence.EvidenceHead.as_view()),
    path("evidence/entries/<int:n>/proof/", evidence.EvidenceProof.as_view()),
    path("evidence/consistency/", evidence.EvidenceConsistency.as_view()),
    path("webhooks/supplier/", webhooks.SupplierWebhook.as_view()),
    path("webhooks/refund/", webhooks.RefundWebhook.as_view()),
    path("webhooks/messages/", webhooks.MessageWebhook.as_view()),
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
    path("orders/<str:no>/tutorials/", tutorials.before_filing, name="order-tutorial"),
    path("orders/<str:no>/late/", late.choose, name="late"),
    path("orders/<str:no>/records/", records.records, name="records"),
    path("orders/<str:no>/secrets/", card_keys.card_keys, name="card-keys"),
    path("orders/<str:no>/counts/", counts.counts, name="order-counts"),
    path("tickets/<str:no>/", ticket_pages.ticket, name="ticket"),
    path("tickets/<str:no>/progress/", ticket_pages.progress, name="ticket-progress"),
    path("tickets/<str:no>/evidence/", record.download, name="ticket-evidence"),
    path("tickets/<str:no>/messages/", ticket_pages.say, name="ticket-messages"),
    path("tickets/<str:no>/confirm/", ticket_pages.confirm, name="ticket-confirm"),
    path("tickets/<str:no>/withdraw/", ticket_pages.withdraw, name="ticket-withdraw"),
    path("tickets/<str:no>/tutorials/", tutorials.in_a_case, name="ticket-tutorial"),
    path("tickets/<str:no>/appeal/", ticket_pages.appeal, name="ticket-appeal"),
    path("developers/", developers.dashboard, name="developers"),
    path("developers/behind/", developers.behind, name="developer-behind"),
    path("developers/compared/<str:sort>/", developers.compared, name="developer-compared"),
    path("developers/defects/", developer_defects.index, name="developer-defects"),
    path("developers/defects.csv", defect_files.defects_file, name="developer-defects-file"),
    path("developers/defects/<str:no>/", developer_defects.defect, name="developer-defect"),
    path("developers/defects/<str:no>/act/", developer_defects.act, name="developer-defect-act"),
    path("developers/defects/<str:no>/cases/", developer_defects.cases, name="developer-defect-cases"),
    path("developers/defects/<str:no>/cases.csv", defect_files.cases_file, name="developer-defect-file"),
    path("developers/feedback/", wished.feedback, name="developer-feedback"),
    path("developers/recalls/", recalling.index, name="developer-recalls"),
    path("developers/recalls/new/", recalling.ask, name="developer-recall-ask"),
    path("developers/recalls/<str:no>/", recalling.recall, name="developer-recall"),
    path("recalls/", recalled.recalls, name="recalls"),
    path("recalls/<str:no>/", recalled.recall, name="recall"),
    path("developers/tutorials/", written.listed, name="developer-tutorials"),
    path("developers/tutorials/new/", written.write, name="developer-tutorial-new"),
    path("developers/tutorials/<str:no>/", written.write, name="developer-tutorial"),
    path("developers/claims.csv", developers.claims_file, name="developer-claims"),
    path("developers/goods.csv", developers.goods_file, name="developer-goods-file"),
    path("developers/fund/", guaranteed.index, name="developer-fund"),
    path("developers/fund/<str:no>/", guaranteed.claim, name="developer-fund-claim"),
    path("developers/fund/<str:no>/withdraw/", guaranteed.withdraw, name="developer-fund-withdraw"),
    path("developers/fund/<str:no>/appeal/", guaranteed.appeal, name="developer-fund-appeal"),
    path("funds/", funds.funds, name="funds"),
    path("funds/<str:slug>/<str:name>/", funds.month, name="fund-month"),
    path("developers/statement/", statement.statement, name="developer-statement"),
    path("developers/statement.csv", statement.file, name="developer-statement-file"),
    path("developers/credit/", credit.credit, name="developer-credit"),
    path("developers/credit/behind/", credit.behind, name="developer-credit-behind"),
    path("developers/credit.csv", credit.file, name="developer-credit-file"),
    path("developers/cases/<str:no>/", developer_cases.case, name="developer-case"),
    path("developers/cases/<str:no>/contest/", developer_cases.contest, name="developer-contest"),
    path("tickets/<str:no>/nudge/", ticket_pages.nudge, name="ticket-nudge"),
    path("tickets/<str:no>/attachments/", ticket_pages.attach, name="ticket-attach"),
    path("tickets/<str:no>/attachments/<str:token>/", ticket_pages.attachment, name="ticket-attachment"),
    path("tickets/<str:no>/rating/", ticket_pages.rate, name="ticket-rating"),
    path("claim/<str:token>/", claim_link.claim_link, name="claim-link"),
    path("report/<str:token>/", report.report_link, name="report-link"),
    path("survey/<str:token>/", report.survey, name="survey-link"),
    path("points/", points.points, name="points"),
    path("reports/", report.reports, name="reports"),
    path("reports/<str:no>/", report.report, name="report"),
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
    path("contests/", contests.contests, name="desk-contests"),
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
    path("<int:pk>/backtest/<int:run>/behind/<str:opens>/", behind.behind, name="policy-backtest-behind"),
    path("<int:pk>/backtest/<int:run>/decision/<int:ref>/", behind.decision, name="policy-backtest-decision"),
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
    path("admin/watch/board/", board.board, name="desk-board"),
    *[
        path(f"admin/compensation/policydraft/{route.pattern}", route.callback, name=route.name)
        for route in drafts
    ],
    path("admin/", admin.site.urls),
]

handler400 = "shop_aftersales.mishaps.not_understood"
handler404 = "shop_aftersales.mishaps.not_found"
handler500 = "shop_aftersales.mishaps.broken"

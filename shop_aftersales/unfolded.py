"""How the admin looks and where its sidebar and first page come from: unfold's own settings."""

from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": _("售后后台"),
    "SITE_HEADER": _("售后后台"),
    "SITE_SYMBOL": "receipt_long",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "shop_aftersales.desk.icon"}],
    "SHOW_LANGUAGES": False,
    "SHOW_HISTORY": False,  # ours is the record of evidence, on each ticket's page
    "SIDEBAR": {"navigation": "shop_aftersales.desk.navigation"},
    "DASHBOARD_CALLBACK": "shop_aftersales.desk.dashboard",
    "COLORS": {
        "primary": {
            "50": "240 247 243",
            "100": "219 236 226",
            "200": "184 217 198",
            "300": "147 200 169",
            "400": "90 160 121",
            "500": "42 125 90",
            "600": "31 105 76",
            "700": "23 87 63",
            "800": "19 69 51",
            "900": "16 57 43",
            "950": "8 32 24",
        }
    },
}

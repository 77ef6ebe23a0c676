"""Where Chinese stands that nobody marks, and why; whatever is not listed here has to be marked."""

# Rooms still being marked; nothing is asked of them but that what they have is sound.
TODAY: set[str] = set()

TERMINAL = "the terminal of whoever runs it speaks Chinese, as the README does"
DOCUMENT = "the API's description is Chinese; what the API answers is not (docs/language.md)"
RECORD = "kept in the database or the evidence, where there is one language"
DATA = "demo data, as a shop would write it"
FIGURES = "Chinese numerals and units, which English writes in figures"

REASONS = {
    "*/management/*": TERMINAL,
    "common/progress.py": TERMINAL,
    "shop_aftersales/environment.py": TERMINAL,
    "shop_aftersales/greeting.py": TERMINAL,
    "shop_aftersales/starting.py": TERMINAL,
    "shop_aftersales/record.py": TERMINAL,
    "evidence/rules/bundle.py": TERMINAL,
    "evidence/services/comparing.py": TERMINAL,
    "evidence/services/verifying.py": TERMINAL,
    "ledger/services/recording.py": TERMINAL,
    "orders/services/imports.py": "the label of a bar on a terminal",
    "common/guards.py": "the database says it, and knows no reader",
    "shop_aftersales/settings.py": "start-up errors; the API's description; a language's own name",
    "compensation/rules/vocabulary/chinese/*.py": "English is held to it by tests/rules/test_english.py",
    "compensation/rules/defaults.py": "titles of policies: data of the shop, and hashed",
    "compensation/api/*.py": DOCUMENT,
    "accounts/api/inbox.py": DOCUMENT,
    "accounts/api/schema.py": DOCUMENT,
    "evidence/api/public.py": DOCUMENT,
    "orders/api/feed.py": DOCUMENT,
    "tickets/api/*.py": DOCUMENT,
    "developers/api/*.py": DOCUMENT,
    "developers/rules/likeness.py": "words without meaning, to be passed over in what buyers wrote",
    "developers/rules/recalls.py": "what shops call the version in a specification",
    "watch/api/reports.py": DOCUMENT,
    "tickets/rules/triage.py": "the words that buyers write, to be found in what they wrote",
    "tickets/web/desk/quick.py": "the placeholders of texts that are kept",
    "compensation/web/rulebook/typed.py": "what people type beside a number",
    "tickets/web/desk/typed.py": "what people type beside a number",
    "tickets/rules/owed_words.py": "a Chinese title that speaks of likes",
    "tickets/web/ticket_sheet.py": "how a request of ours begins in Chinese",
    "integrations/rules/disputes.py": RECORD,
    "integrations/services/inbound.py": RECORD,
    "integrations/services/reconcile.py": RECORD,
    "shop_aftersales/restored.py": RECORD,
    "shop_aftersales/demo*.py": DATA,
    "shop_aftersales/styleguide.py": "specimens, as a Chinese page shows them",
    "common/figures.py": FIGURES,
    "templates/base.html": "the shop's seal, and the Chinese language's own name",
}

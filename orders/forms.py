"""What staff hand in."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from common.language import say, spoken
from common.tables import UnreadableFile, refuse_other_kinds
from orders.models import FILE_KINDS
from orders.rules.import_words import size_words
from orders.services.imports import MOST_BYTES


class UploadForm(forms.Form):
    """A file of orders, counts or usage; looked at before it is kept."""

    kind = forms.ChoiceField(
        label=_("里面是"), choices=FILE_KINDS, widget=forms.RadioSelect, initial="orders"
    )
    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}),
        error_messages={"required": _("请先选一个文件。"), "empty": _("这个文件是空的。")},
    )

    def clean_file(self) -> UploadedFile:
        given: UploadedFile = self.cleaned_data["file"]
        if (given.size or 0) > MOST_BYTES:
            limit, size = size_words(MOST_BYTES), size_words(given.size or 0)
            raise forms.ValidationError(
                say("文件有 {size}，最多 {limit}。请分成几份上传，或在终端里导入。", size=size, limit=limit)
            )
        try:
            refuse_other_kinds(given.file, name=given.name or "")  # type: ignore[arg-type]
        except UnreadableFile as why:
            raise forms.ValidationError(spoken(why.why)) from None
        return given

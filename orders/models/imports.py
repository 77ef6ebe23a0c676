"""Files on their way in, and the rows of them that were not taken."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.language import say, spoken
from common.phrases import unpacked

FILE_KINDS = [("orders", _("订单")), ("observations", _("计数")), ("usage", _("用量"))]
FILE_SOURCES = [("terminal", _("终端")), ("admin", _("后台"))]
IMPORT_STATES = [
    ("waiting", _("排队")),
    ("running", _("导入中")),
    ("done", _("做完")),
    ("unreadable", _("读不了")),
    ("stopped", _("停下")),
]
OPEN_IMPORTS = ("waiting", "running")


class ImportRun(models.Model):
    """A file on its way in. The row is the queue: whoever holds the token takes the next rows."""

    kind = models.CharField(_("内容"), max_length=16, choices=FILE_KINDS)
    source = models.CharField(_("从哪里"), max_length=8, choices=FILE_SOURCES)
    file_name = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(_("文件指纹"), max_length=64)
    size = models.BigIntegerField(_("大小（字节）"))
    started_by = models.CharField(_("谁导入的"), max_length=150)
    state = models.CharField(_("状态"), max_length=12, choices=IMPORT_STATES, default="waiting")
    rows_total = models.BigIntegerField(_("总行数"), null=True)  # unknown until the file has been read once
    rows_done = models.BigIntegerField(_("做完的行"), default=0)
    last_line = models.BigIntegerField(_("做到第几行"), default=0)
    rows_per_s = models.FloatField(_("每秒行数"), null=True)
    accepted = models.BigIntegerField(_("收下"), default=0)
    duplicates = models.BigIntegerField(_("重复"), default=0)
    rejected = models.BigIntegerField(_("没收"), default=0)
    error = models.TextField(_("为什么停下"), blank=True)
    error_said = models.JSONField(default=dict, editable=False)  # the same, to say it in another language
    token = models.UUIDField(null=True)
    held_by = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(
        _("没有进展的次数"), default=0
    )  # takes of a worker that it did not survive
    created_at = models.DateTimeField(_("交来于"))
    started_at = models.DateTimeField(_("开始于"), null=True)
    finished_at = models.DateTimeField(_("结束于"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导入")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "source"], name="import_queue")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_IMPORTS

    @property
    def why(self) -> str:
        """Why it stopped, in the reader's language."""
        return spoken(unpacked(self.error_said)) if self.error_said else self.error


class RejectedRow(models.Model):
    """A row that was not taken, as far as they are kept: the run's own count is exact."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rejected_rows", verbose_name=_("导入"))
    line = models.BigIntegerField(_("第几行"))
    detail = models.TextField(_("为什么"))
    said = models.JSONField(default=dict, editable=False)  # the same, to say it in another language

    class Meta:
        verbose_name = verbose_name_plural = _("没收的行")
        ordering = ["id"]

    def __str__(self) -> str:
        return say("第 {n} 行：{why}", n=self.line, why=self.why)

    @property
    def why(self) -> str:
        """Why it was turned away, in the reader's language."""
        return spoken(unpacked(self.said)) if self.said else self.detail

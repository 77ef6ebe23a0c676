#!/usr/bin/env python
"""The command line of the project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_aftersales.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        from shop_aftersales.starting import unusable

        sentence = unusable(error)
        if not sentence:
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()

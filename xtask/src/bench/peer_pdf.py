"""Renders HTML pages into one PDF: peer_pdf.py OUT.pdf PAGE.html..."""

import sys

from weasyprint import HTML

out, *paths = sys.argv[1:]
documents = [HTML(filename=path).render() for path in paths]
pages = [page for document in documents for page in document.pages]
documents[0].copy(pages).write_pdf(out)

"""The report on paper: the document's sections as a tree of texts, and the PDF that Typst sets from it."""

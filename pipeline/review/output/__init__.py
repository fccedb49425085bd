"""What leaves the desk, and texts and pages as they are shown.

- `case`: everything that a document on an item says, stored with each export: it can be verified and produced again byte by byte from that,
  whatever happened to the item since
- `forms`, `competition`, `notice`, `record`: the official documents, over `paragraphs`, `official_docx` (GB/T 9704) and `titles`
- `annotated_docx`: the original with comments; `exports`: makes, records and checks exports; `workbooks`, `audit_table`: tables
- `text_view` over `text_lines` and `text_tables`: the text of a version as on paper; `page_views` over `page_drawing`: the pages of the original
- `public_text`: the text as the public reads it
"""

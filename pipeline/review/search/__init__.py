"""Full text search (全文检索): exact words in titles and texts, from one character on."""

"""全文检索: the index of titles and texts, and exact search for words of one character and more."""

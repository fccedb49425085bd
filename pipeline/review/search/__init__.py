"""全文检索: exact search for words of one character and more in titles and texts.

`index` keeps and asks the index, `spelling` brings texts and words to one spelling, `snippets` cuts out the passage that was found.
"""

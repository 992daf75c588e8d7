"""The archive: captures, media and the ledger are the record; the database is an index that can be made again."""

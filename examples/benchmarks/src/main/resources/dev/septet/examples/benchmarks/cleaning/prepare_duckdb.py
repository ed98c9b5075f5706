"""prepare_duckdb.py FILE OUT: the filter, the redaction of e-mail addresses and the exact duplicates of the benchmark's `prepare`
block with DuckDB, on all cores. It has no tokens and no near-duplicates. Prints what it found as JSON."""
import json
import sys

import duckdb

path, out = sys.argv[1:3]
connection = duckdb.connect()
connection.execute("CREATE TABLE source AS SELECT row_number() OVER () AS n, prompt, completion FROM read_json(?, format = 'newline_delimited',"
                   " columns = {prompt: 'VARCHAR', completion: 'VARCHAR'})", [path])
read = connection.execute("SELECT count(*) FROM source").fetchone()[0]
email = r"[A-Za-z0-9._%+''-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
connection.execute(f"CREATE TABLE redacted AS SELECT n, regexp_replace(prompt, '{email}', '[EMAIL]', 'g') AS prompt,"
                   f" regexp_replace(completion, '{email}', '[EMAIL]', 'g') AS completion FROM source WHERE length(completion) > 20")
kept = connection.execute("COPY (SELECT arg_min(prompt, n) AS prompt, arg_min(completion, n) AS completion FROM redacted"
                          r" GROUP BY sha256(regexp_replace(trim(prompt), '\s+', ' ', 'g')),"
                          r" sha256(regexp_replace(trim(completion), '\s+', ' ', 'g'))) TO '" + out + "' (FORMAT json)").fetchone()[0]
left = connection.execute("SELECT count(*) FROM redacted").fetchone()[0]
print(json.dumps({"read": read, "filtered": read - left, "duplicates": left - kept, "kept": kept}))

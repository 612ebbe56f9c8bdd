"""Answers the reports of API logs on ClickHouse inside this process (chdb), which needs no server.

    python3 clickhouse.py reports.json

With a server, give it the statements as they are: they read `s3(…)` or `file(…)` in the place of `events`.
"""
import json
import sys

import chdb


def main(request_file):
    with open(request_file, encoding="utf-8") as file:
        request = json.load(file)
    for report in request["reports"]:
        answer = json.loads(str(chdb.query(report["sql"], "JSONCompact")))
        columns = [column["name"] for column in answer["meta"]]
        print(json.dumps({"name": report["name"], "columns": columns, "rows": answer["data"]}, ensure_ascii=False), flush=True)


main(sys.argv[1])

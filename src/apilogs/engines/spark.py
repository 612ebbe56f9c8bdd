"""Answers the reports of API logs on Spark: reads what `jdos apilogs hand-over` wrote, prints a line of JSON for each report.

    spark-submit --master yarn spark.py reports.json [events…]
"""
import json
import sys

from pyspark.sql import SparkSession


def main(request_file, paths):
    with open(request_file, encoding="utf-8") as file:
        request = json.load(file)
    spark = (
        SparkSession.builder.appName("jdos-apilogs")
        # Hours and days are those of UTC, as in the logs.
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.ansi.enabled", "false")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    read = spark.read.option("mergeSchema", "true").parquet(*(paths or request["events"]))
    read.createOrReplaceTempView("events")
    for report in request["reports"]:
        answer = spark.sql(report["sql"])
        rows = [list(row) for row in answer.collect()]
        print(json.dumps({"name": report["name"], "columns": answer.columns, "rows": rows}, ensure_ascii=False), flush=True)
    spark.stop()


main(sys.argv[1], sys.argv[2:])

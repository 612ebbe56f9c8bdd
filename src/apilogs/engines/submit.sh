#!/bin/sh
# Answers the reports on Spark, where SPARK_MASTER says (default: on this machine). Paths of events may follow.
here=$(cd "$(dirname "$0")" && pwd)
exec spark-submit --master "${SPARK_MASTER:-local[*]}" --properties-file "$here/spark-defaults.conf" \
  "$here/spark.py" "$here/reports.json" "$@"

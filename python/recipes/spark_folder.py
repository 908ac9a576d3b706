"""A folder of Parquet, JSON Lines and CSV, rewritten on a Spark cluster; one report of all workers.

    spark-submit --master spark://HOST:7077 spark_folder.py s3a://raw s3a://clean --policy policy.toml

Every worker needs sievert in its Python, and the key under the name that the policy gives (`env:NAME`, `file:PATH`).
"""

import argparse

from pyspark.sql import SparkSession

import sievert
import sievert.spark

CSV = {"header": True, "multiLine": True, "escape": '"'}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw")
    parser.add_argument("clean")
    parser.add_argument("--policy", default="default")
    parser.add_argument("--report", default="report.json")
    parser.add_argument("--kinds", nargs="+", default=["parquet", "jsonl", "csv"])
    given = parser.parse_args(arguments)

    session = SparkSession.builder.appName("sievert").getOrCreate()
    policy = sievert.Policy.load(given.policy)
    reports = []
    for kind in given.kinds:
        files = session.read.options(pathGlobFilter=f"*.{kind}", recursiveFileLookup=True)
        reader, options = {"parquet": ("parquet", {}), "jsonl": ("json", {}), "csv": ("csv", CSV)}[kind]
        raw = files.format(reader).options(**options).load(given.raw)
        clean, report = sievert.spark.redact(raw, policy=policy, return_report=True)
        clean.write.format(reader).options(**options).save(f"{given.clean}/{kind}")
        reports.append(report())
    sievert.merge(reports).save(given.report)


if __name__ == "__main__":
    main()

"""A folder of Parquet, JSON Lines and CSV, rewritten on a Ray cluster; one report of all workers.

    ray job submit -- python ray_folder.py s3://raw s3://clean --policy policy.toml

Every worker needs sievert in its Python, and the key under the name that the policy gives (`env:NAME`, `file:PATH`).
"""

import argparse

import pyarrow.csv
import ray.data

import sievert
import sievert.ray

CSV = {"parse_options": pyarrow.csv.ParseOptions(newlines_in_values=True)}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("raw")
    parser.add_argument("clean")
    parser.add_argument("--policy", default="default")
    parser.add_argument("--report", default="report.json")
    parser.add_argument("--kinds", nargs="+", default=["parquet", "jsonl", "csv"])
    given = parser.parse_args(arguments)

    policy = sievert.Policy.load(given.policy)
    reports = []
    for kind in given.kinds:
        name, options = {"parquet": ("parquet", {}), "jsonl": ("json", {}), "csv": ("csv", CSV)}[kind]
        raw = getattr(ray.data, f"read_{name}")(given.raw, file_extensions=[kind], **options)
        clean, report = sievert.ray.redact(raw, policy=policy, return_report=True)
        getattr(clean, f"write_{name}")(f"{given.clean}/{kind}")
        reports.append(report())
    sievert.merge(reports).save(given.report)


if __name__ == "__main__":
    main()

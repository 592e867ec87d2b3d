"""Answers calls of AWS operations, one JSON object a line: {region, service, operation, parameters} in, {result} or {error} out.

One process for all calls, because starting the AWS CLI costs more than half a second each time.
"""
import json
import sys

import botocore.exceptions
import botocore.session

session = botocore.session.get_session()
clients = {}


def call(region, service, operation, parameters):
    if (region, service) not in clients:
        clients[region, service] = session.create_client(service, region_name=region)
    return getattr(clients[region, service], operation)(**parameters)


for line in sys.stdin:
    try:
        answer = {"result": call(**json.loads(line))}
    except botocore.exceptions.ClientError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer, default=str), flush=True)

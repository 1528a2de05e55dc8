"""`fraud_call` as a Flask application behind apig-wsgi, as Twilio's own pages show it: its library checks the
signature and writes the TwiML. No sessions, no templates, no blueprints.
"""

import apig_wsgi
import flask
from twilio.request_validator import RequestValidator

from peers import fraud_call, twilio_side, verbs

app = flask.Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = True  # a fault here is to stop the bench


@app.post("/voice/<page>")
@app.post("/voice/<page>/<step_>")
def step(page, step_=""):
    request = flask.request
    form = request.form.to_dict()
    query = request.query_string.decode()
    url = twilio_side.BASE_URL + request.path + (f"?{query}" if query else "")
    signature = request.headers.get("X-Twilio-Signature", "")
    if not RequestValidator(twilio_side.secrets()[0]).validate(url, form, signature):
        flask.abort(403)
    event = request.environ["apig_wsgi.request_context"]
    try:
        answer = fraud_call.step(request.path, form, request.args.to_dict(), int(event["timeEpoch"]) // 1000)
    except fraud_call.UnknownStepError:
        flask.abort(404)
    if not answer:
        return "", 204
    return flask.Response(verbs.by_twilio(answer), content_type="text/xml; charset=utf-8")


_answer = apig_wsgi.make_lambda_handler(app)


def handler(event, context):
    told = _answer(event, context)
    headers = {name.lower(): value for name, value in told["headers"].items()}
    return {**told, "headers": headers}

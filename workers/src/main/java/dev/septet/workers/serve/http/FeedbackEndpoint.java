package dev.septet.workers.serve.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.septet.llm.format.StrictJson;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.openai.Feedback;
import dev.septet.workers.serve.openai.FeedbackReader;
import dev.septet.workers.serve.reply.Replies;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** {@code POST /v1/feedback}: {@code {"id": ..., "rating": "up", "correction": ...}}. */
record FeedbackEndpoint(AuditBook audit, ServeLimits limits) implements Endpoint {
    private static final String PREFIX = "feedback-";

    @Override
    public void answer(Request request, Response response, Callback callback) {
        new BodyReader(limits)
                .then(request, response, callback, body -> judge(body, response, callback));
    }

    private void judge(byte[] body, Response response, Callback callback) {
        Feedback feedback = FeedbackReader.read(body);
        String id = RequestId.next(PREFIX);
        var unused =
                audit.judged(id, feedback)
                        .whenComplete(
                                (done, problem) ->
                                        Guard.run(
                                                response,
                                                callback,
                                                problem,
                                                () ->
                                                        Replies.json(
                                                                response,
                                                                callback,
                                                                200,
                                                                told(id, feedback))));
    }

    private static ObjectNode told(String id, Feedback feedback) {
        return StrictJson.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", "feedback")
                .put("of", feedback.of());
    }
}

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
record FeedbackEndpoint(AuditBook audit, BodyReader bodies) implements HttpEndpoint {
    private static final String PREFIX = "feedback-";

    @Override
    public void answer(Request request, Response response, Callback callback) {
        bodies.read(request, response, callback, 0, (body, admitted) -> {
            try (admitted) {
                judge(body, request, response, callback);
            }
        });
    }

    private void judge(byte[] body, Request request, Response response, Callback callback) {
        Feedback feedback = FeedbackReader.read(body);
        String id = RequestId.next(PREFIX);
        var unused = audit.judged(id, feedback, AccessFilter.caller(request).keyName())
                .whenComplete((done, problem) -> {
                    if (problem == null) {
                        Replies.json(response, callback, 200, response(id, feedback));
                    } else {
                        Guard.fail(response, callback, problem);
                    }
                });
    }

    private static ObjectNode response(String id, Feedback feedback) {
        return StrictJson.MAPPER
                .createObjectNode()
                .put("id", id)
                .put("object", "feedback")
                .put("of", feedback.of());
    }
}

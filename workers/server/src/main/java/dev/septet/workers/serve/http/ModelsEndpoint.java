package dev.septet.workers.serve.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.llm.format.StrictJson;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.keys.Caller;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.openai.ApiProblem;
import dev.septet.workers.serve.reply.Replies;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * {@code /v1/models} and {@code /v1/models/NAME}.
 *
 * @param created seconds since 1970 when this server started
 */
record ModelsEndpoint(Models models, AuditBook audit, long created) implements HttpEndpoint {
    static final String PATH = "/v1/models";

    @Override
    public void answer(Request request, Response response, Callback callback) {
        String path = request.getHttpURI().getPath();
        Caller caller = AccessFilter.caller(request);
        if (path.equals(PATH)) {
            ObjectNode body = StrictJson.MAPPER.createObjectNode().put("object", "list");
            ArrayNode data = body.putArray("data");
            models.names().stream().filter(caller::mayUse).forEach(name -> data.add(model(name)));
            Replies.json(response, callback, 200, body);
            return;
        }
        String name = URLDecoder.decode(path.substring(PATH.length() + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
        if (!models.names().contains(name) || !caller.mayUse(name)) {
            throw ApiProblem.refused(
                    404, "model", "model_not_found", "there is no model of this name here; GET /v1/models lists them");
        }
        Replies.json(response, callback, 200, model(name));
    }

    private ObjectNode model(String name) {
        return StrictJson.MAPPER
                .createObjectNode()
                .put("id", name)
                .put("object", "model")
                .put("created", created)
                .put("owned_by", "septet")
                .put("version", models.version(name).orElse(null))
                .put("feedback", audit.records(models.pipeline(name).orElse(null)));
    }
}

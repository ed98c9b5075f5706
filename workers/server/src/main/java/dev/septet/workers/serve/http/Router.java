package dev.septet.workers.serve.http;

import dev.septet.workers.serve.openai.ApiProblem;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Routes each request to the endpoint of its method and path. No path leads to a file on disk. */
final class Router extends Handler.Abstract {
    private final Map<String, HttpEndpoint> endpoints;

    /**
     * @param endpoints endpoints by {@code METHOD /path}; a path that ends in / covers all paths
     *     below it
     */
    Router(Map<String, HttpEndpoint> endpoints) {
        this.endpoints = Map.copyOf(endpoints);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Guard.run(response, callback, () -> endpoint(request, response).answer(request, response, callback));
        return true;
    }

    private HttpEndpoint endpoint(Request request, Response response) {
        String path = request.getHttpURI().getPath();
        HttpEndpoint found = find(request.getMethod(), path);
        if (found != null) {
            return found;
        }
        for (String method : new String[] {"GET", "POST"}) {
            if (find(method, path) != null) {
                response.getHeaders().put(HttpHeader.ALLOW, method);
                throw ApiProblem.refused(405, null, "method_not_allowed", "this path takes " + method + " only");
            }
        }
        throw ApiProblem.refused(
                404,
                null,
                "unknown_url",
                "there is nothing here; POST to /v1/chat/completions or /v1/completions, GET" + " /v1/models");
    }

    private @org.jspecify.annotations.Nullable HttpEndpoint find(String method, String path) {
        HttpEndpoint exact = endpoints.get(method + " " + path);
        int slash = path.lastIndexOf('/');
        return exact != null || slash < 1 || slash == path.length() - 1
                ? exact
                : endpoints.get(method + " " + path.substring(0, slash + 1));
    }
}

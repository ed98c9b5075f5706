package dev.septet.workers.codec;

import dev.septet.workers.loopback.LoopbackAccess;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Checks access to a codec server. Clients must send the token. Web pages are accepted only if they
 * belong to the Temporal UI. The UI cannot send a header of its own, so the token may also be the
 * first segment of the path.
 */
final class CodecAccess extends LoopbackAccess {
    private static final String HEADERS = "authorization, authorization-extras, content-type, x-namespace";

    private final Set<String> origins;

    /**
     * @param origins origins of the web pages that may send requests
     */
    CodecAccess(Handler next, String token, Set<String> origins) {
        super(next, token);
        this.origins = Set.copyOf(origins);
    }

    @Override
    protected String wrongHost() {
        return "the Host header must be localhost, 127.0.0.1 or [::1]";
    }

    @Override
    protected boolean admits(String host, Request request, Response response, Callback callback) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin != null) {
            if (!origins.contains(origin)) {
                refuse(response, callback, 403, "pages of this origin may not send requests");
                return false;
            }
            response.getHeaders().put("Access-Control-Allow-Origin", origin);
            response.getHeaders().put("Access-Control-Allow-Methods", "POST");
            response.getHeaders().put("Access-Control-Allow-Headers", HEADERS);
            response.getHeaders().put(HttpHeader.VARY, "Origin");
            if (HttpMethod.OPTIONS.is(request.getMethod())) {
                response.setStatus(204);
                callback.succeeded();
                return false;
            }
        }
        if (!knowsToken(request)) {
            refuse(
                    response,
                    callback,
                    401,
                    "the token is missing or wrong: send the header Authorization: Bearer TOKEN, or"
                            + " use the address that the server shows");
            return false;
        }
        return true;
    }

    @Override
    protected void refuse(Response response, Callback callback, int status, String reason) {
        CodecAnswers.refuse(response, callback, status, reason);
    }

    private boolean knowsToken(Request request) {
        String path = Request.getPathInContext(request);
        int second = path.indexOf('/', 1);
        return isToken(second > 0 ? path.substring(1, second) : null) || bearsToken(request);
    }
}

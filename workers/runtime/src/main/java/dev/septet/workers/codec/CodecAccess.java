package dev.septet.workers.codec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Checks access to a codec server. Clients must send the token. Web pages are accepted only if they
 * belong to the Temporal UI. The UI cannot send a header of its own, so the token may also be the
 * first segment of the path.
 */
final class CodecAccess extends Handler.Wrapper {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String BEARER = "Bearer ";
    private static final String HEADERS = "authorization, authorization-extras, content-type, x-namespace";

    private final byte[] token;
    private final Set<String> origins;

    /**
     * @param origins origins of the web pages that may send requests
     */
    CodecAccess(Handler next, String token, Set<String> origins) {
        super(next);
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.origins = Set.copyOf(origins);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (host == null || !LOOPBACK.contains(name(host))) {
            return refuse(response, callback, 421, "the Host header must be localhost, 127.0.0.1 or [::1]");
        }
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if (origin != null) {
            if (!origins.contains(origin)) {
                return refuse(response, callback, 403, "pages of this origin may not send requests");
            }
            response.getHeaders().put("Access-Control-Allow-Origin", origin);
            response.getHeaders().put("Access-Control-Allow-Methods", "POST");
            response.getHeaders().put("Access-Control-Allow-Headers", HEADERS);
            response.getHeaders().put(HttpHeader.VARY, "Origin");
            if (HttpMethod.OPTIONS.is(request.getMethod())) {
                response.setStatus(204);
                callback.succeeded();
                return true;
            }
        }
        if (!knowsToken(request)) {
            return refuse(
                    response,
                    callback,
                    401,
                    "the token is missing or wrong: send the header Authorization: Bearer TOKEN, or"
                            + " use the address that the server shows");
        }
        return super.handle(request, response, callback);
    }

    static boolean refuse(Response response, Callback callback, int status, String reason) {
        CodecAnswers.send(response, callback, status, "text/plain;charset=utf-8", reason + "\n");
        return true;
    }

    private boolean knowsToken(Request request) {
        String path = Request.getPathInContext(request);
        int second = path.indexOf('/', 1);
        return is(second > 0 ? path.substring(1, second) : null)
                || is(bearer(request.getHeaders().get(HttpHeader.AUTHORIZATION)));
    }

    private static @Nullable String bearer(@Nullable String header) {
        return header != null && header.startsWith(BEARER)
                ? header.substring(BEARER.length()).strip()
                : null;
    }

    private boolean is(@Nullable String given) {
        return given != null && MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
    }

    private static String name(String host) {
        int port = host.lastIndexOf(':');
        return port > host.lastIndexOf(']') ? host.substring(0, port) : host;
    }
}

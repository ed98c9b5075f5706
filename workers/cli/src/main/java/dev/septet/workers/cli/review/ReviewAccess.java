package dev.septet.workers.cli.review;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Checks access to a review: the host name, so that no other site's name can resolve to this server; the origin, so that no
 * other page can send requests; and the token of every request that is not for the page's own files.
 */
final class ReviewAccess extends Handler.Wrapper {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1");
    private static final String BEARER = "Bearer ";

    private final byte[] token;

    ReviewAccess(Handler next, String token) {
        super(next);
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put("Referrer-Policy", "no-referrer");
        response.getHeaders().put("Content-Security-Policy", ReviewPages.POLICY);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (host == null || !LOOPBACK.contains(host.replaceFirst(":[0-9]{1,5}$", ""))) {
            return ReviewPages.refuse(response, callback, 421, "this server is reached as localhost or 127.0.0.1 only");
        }
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        String site = request.getHeaders().get("Sec-Fetch-Site");
        boolean file = ReviewPages.isFile(Request.getPathInContext(request)); // a link to the page may be on any page
        if ((origin != null && !origin.equals("http://" + host)) || (!file && "cross-site".equals(site))) {
            return ReviewPages.refuse(response, callback, 403, "pages of other sites may not use this server");
        }
        if (!file && !knowsToken(request)) {
            return ReviewPages.refuse(
                    response,
                    callback,
                    401,
                    "the token is missing or of an earlier start: open the whole address that `septet review` printed");
        }
        return super.handle(request, response, callback);
    }

    private boolean knowsToken(Request request) {
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return header != null
                && header.startsWith(BEARER)
                && MessageDigest.isEqual(
                        token, header.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8));
    }
}

package dev.septet.workers.cli.review;

import dev.septet.workers.loopback.LoopbackAccess;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Checks access to a review: the origin, so that no other page can send requests; and the token of every request that is not
 * for the page's own files.
 */
final class ReviewAccess extends LoopbackAccess {
    ReviewAccess(Handler next, String token) {
        super(next, token);
    }

    @Override
    protected void addHeaders(Response response) {
        response.getHeaders().put("Referrer-Policy", "no-referrer");
        response.getHeaders().put("Content-Security-Policy", ReviewPages.POLICY);
    }

    @Override
    protected String wrongHost() {
        return "this server is reached as localhost or 127.0.0.1 only";
    }

    @Override
    protected boolean admits(String host, Request request, Response response, Callback callback) {
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        String site = request.getHeaders().get("Sec-Fetch-Site");
        boolean file = ReviewPages.isFile(Request.getPathInContext(request)); // a link to the page may be on any page
        if ((origin != null && !origin.equals("http://" + host)) || (!file && "cross-site".equals(site))) {
            refuse(response, callback, 403, "pages of other sites may not use this server");
            return false;
        }
        if (!file && !bearsToken(request)) {
            refuse(
                    response,
                    callback,
                    401,
                    "the token is missing or of an earlier start: open the whole address that `septet review` printed");
            return false;
        }
        return true;
    }

    @Override
    protected void refuse(Response response, Callback callback, int status, String reason) {
        ReviewPages.refuse(response, callback, status, reason);
    }
}

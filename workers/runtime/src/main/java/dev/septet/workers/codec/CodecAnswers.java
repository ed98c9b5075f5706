package dev.septet.workers.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.septet.workers.serve.reply.Replies;
import io.temporal.api.common.v1.Payload;
import io.temporal.payload.codec.PayloadCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;

/** Answers {@code POST .../encode} and {@code POST .../decode}. */
final class CodecAnswers extends Handler.Abstract {
    /** Largest body in bytes: room for several payloads of 2 MB, the server's limit, in base64. */
    static final int LARGEST = 16 << 20;

    private static final int RECEIVE_SECONDS = 20;

    private final PayloadCodec codec;

    CodecAnswers(PayloadCodec codec) {
        this.codec = codec;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = Request.getPathInContext(request);
        String word = path.substring(path.lastIndexOf('/') + 1);
        if (!word.equals("encode") && !word.equals("decode")) {
            return refuse(response, callback, 404, "the paths are /encode and /decode");
        }
        if (!HttpMethod.POST.is(request.getMethod())) {
            return refuse(response, callback, 405, "use POST");
        }
        if (request.getLength() > LARGEST) {
            return tooLarge(response, callback);
        }
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        Content.Source.asByteArrayAsync(request, LARGEST, Promise.Invocable.toPromise(body));
        var unused = body.orTimeout(RECEIVE_SECONDS, TimeUnit.SECONDS)
                .whenCompleteAsync(
                        (bytes, problem) -> {
                            if (problem == null) {
                                answer(word, bytes, response, callback);
                            } else {
                                tooLarge(response, callback);
                            }
                        },
                        request.getComponents().getExecutor());
        return true;
    }

    private void answer(String word, byte[] body, Response response, Callback callback) {
        try {
            List<Payload> payloads = PayloadJson.read(new String(body, StandardCharsets.UTF_8));
            List<Payload> answer = word.equals("encode") ? codec.encode(payloads) : codec.decode(payloads);
            Replies.send(response, callback, 200, "application/json", PayloadJson.write(answer));
        } catch (InvalidProtocolBufferException e) {
            refuse(response, callback, 400, "the body must be {\"payloads\": [...]} in JSON");
        } catch (CodecProblem known) {
            refuse(response, callback, 400, String.valueOf(known.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            refuse(response, callback, 400, "the body does not hold Temporal payloads");
        }
    }

    private static boolean tooLarge(Response response, Callback callback) {
        return refuse(
                response,
                callback,
                413,
                String.format(
                        Locale.ROOT,
                        "the body has more than %d bytes, or did not arrive in %d seconds",
                        LARGEST,
                        RECEIVE_SECONDS));
    }

    static boolean refuse(Response response, Callback callback, int status, String reason) {
        Replies.send(response, callback, status, "text/plain;charset=utf-8", reason + "\n");
        return true;
    }
}

package dev.septet.workers.serve.reply;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Detects that a client has disconnected while its answer is generated and nothing is sent. For
 * this the server reads from the connection, which then cannot serve another request. The
 * connection is closed after this request, and pipelined requests are lost, as HTTP allows.
 */
public final class DisconnectWatcher implements Callback {
    private final EndPoint connection;
    private final Runnable onDisconnect;

    private DisconnectWatcher(EndPoint connection, Runnable onDisconnect) {
        this.connection = connection;
        this.onDisconnect = onDisconnect;
    }

    /**
     * Watches until the end of the request, whose body must have been read.
     *
     * @param onDisconnect runs when the client has closed the connection
     */
    public static void watch(Request request, Response response, Runnable onDisconnect) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        EndPoint connection = request.getConnectionMetaData().getConnection().getEndPoint();
        connection.tryFillInterested(new DisconnectWatcher(connection, onDisconnect));
    }

    @Override
    public void succeeded() {
        ByteBuffer one = BufferUtil.allocate(1);
        try {
            int read = connection.fill(one);
            if (read == 0) {
                connection.tryFillInterested(this);
            } else if (read < 0) {
                onDisconnect.run();
            }
        } catch (IOException broken) {
            onDisconnect.run();
        }
    }

    @Override
    public void failed(Throwable closed) {
        onDisconnect.run();
    }
}

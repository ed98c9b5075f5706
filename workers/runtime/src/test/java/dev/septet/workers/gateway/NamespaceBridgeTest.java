package dev.septet.workers.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

class NamespaceBridgeTest {
    @Test
    void smallWritesOfACallDoNotWaitForOneAnother() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SocketChannel connection = NamespaceBridge.open(server.getLocalPort())) {
            assertThat(connection.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        }
    }
}

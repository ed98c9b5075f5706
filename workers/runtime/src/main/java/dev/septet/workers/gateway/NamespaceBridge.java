package dev.septet.workers.gateway;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Semaphore;

/**
 * A process inside the server's network namespace. It brings the loopback device up, and connects
 * Unix domain sockets in the state folder with the server's ports. It ends with its parent, the
 * server.
 */
public final class NamespaceBridge {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final long SET_FLAGS = 0x8914;
    private static final short UP_AND_RUNNING = 0x41;

    /** Size of C's {@code struct ifreq}: a name of 16 bytes, then 24 bytes for the value. */
    private static final int IFREQ_BYTES = 40;

    private static final int NAME_BYTES = 16;
    private static final int CONNECTIONS = 512;
    private static final int BUFFER_BYTES = 64 << 10;

    private NamespaceBridge() {}

    /** C's standard library. */
    interface LibC extends Library {
        /** Opens a socket. */
        int socket(int domain, int type, int protocol);

        /** Sets a property of a device. */
        int ioctl(int file, NativeLong request, Memory argument);
    }

    /**
     * Starts it.
     *
     * @param args socket, port, socket, port, ...
     */
    public static void main(String[] args) throws IOException {
        bringLoopbackUp();
        for (int at = 0; at < args.length; at += 2) {
            join(Path.of(args[at]), Integer.parseInt(args[at + 1]));
        }
        ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().join());
        Runtime.getRuntime().halt(0);
    }

    /** Whether this program can call C's library, which is necessary in the namespace. */
    static boolean loads() {
        try {
            libC();
            return true;
        } catch (LinkageError missing) {
            return false;
        }
    }

    private static LibC libC() {
        return Native.load("c", LibC.class);
    }

    private static void bringLoopbackUp() throws IOException {
        LibC libC = libC();
        int file = libC.socket(AF_INET, SOCK_DGRAM, 0);
        try (Memory request = new Memory(IFREQ_BYTES)) {
            request.clear();
            request.setString(0, "lo");
            request.setShort(NAME_BYTES, UP_AND_RUNNING);
            if (file < 0 || libC.ioctl(file, new NativeLong(SET_FLAGS), request) != 0) {
                throw new IOException("the loopback device of the server's network namespace cannot be set up");
            }
        }
    }

    /** Connects a socket with a port. The socket gets its final name only after it listens. */
    private static void join(Path socket, int port) throws IOException {
        Path temporary = socket.resolveSibling(socket.getFileName() + ".n");
        Files.deleteIfExists(temporary);
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(temporary));
        Files.move(temporary, socket, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        daemon("accept " + port, () -> accept(listening, port)).start();
    }

    private static void accept(ServerSocketChannel listening, int port) {
        Semaphore places = new Semaphore(CONNECTIONS);
        while (true) {
            try {
                places.acquire();
                SocketChannel outside = listening.accept();
                daemon("connection", () -> connect(outside, port, places)).start();
            } catch (IOException | InterruptedException e) {
                Runtime.getRuntime().halt(1);
            }
        }
    }

    private static void connect(SocketChannel outside, int port, Semaphore places) {
        try (outside;
                SocketChannel inside = open(port)) {
            Thread backward = daemon("back", () -> copy(inside, outside));
            backward.start();
            copy(outside, inside);
            backward.join();
        } catch (IOException | InterruptedException ended) {
            // The caller notices that its connection has ended, and connects again.
        } finally {
            places.release();
        }
    }

    /**
     * A connection to the server. A call is several small writes, and Nagle's algorithm would delay the second one by
     * 40 ms: until the server acknowledges the first one.
     */
    static SocketChannel open(int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    private static void copy(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException ended) {
            close(from);
            close(to);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException missing) {
            // It is to be closed anyway.
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}

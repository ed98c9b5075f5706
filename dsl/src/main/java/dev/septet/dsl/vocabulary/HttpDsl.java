package dev.septet.dsl.vocabulary;

import dev.septet.dsl.pipeline.HttpSpec;
import dev.septet.dsl.pipeline.SecretRef;
import dev.septet.dsl.vocabulary.word.Example;
import dev.septet.dsl.vocabulary.word.Refusal;
import org.jspecify.annotations.Nullable;

/** Septet's own server: its address and its API key. */
public final class HttpDsl {
    private String host = HttpSpec.DEFAULT_HOST;
    private int port = HttpSpec.DEFAULT_PORT;
    private @Nullable SecretRef key;

    HttpDsl() {}

    /** The port that the server listens on. From 1 to 65535. */
    @Example("port 8081")
    public void port(@Example("8081") int number) {
        Refusal.unless(number >= 1 && number <= 65_535, "port must be from 1 to 65535, got %s", number);
        port = number;
    }

    /**
     * The address that the server listens on; this machine only by default. An address that other machines can reach
     * needs a key.
     */
    @Example("host 'localhost'")
    public void host(@Example("'localhost'") String address) {
        host = address;
    }

    /** The API key that clients must send. */
    @Example("key secret('SERVE_KEY')")
    public void key(SecretRef secret) {
        key = secret;
    }

    /** A secret by its name, never by its value. The operator of the workers sets the value. */
    @Example("secret('SERVE_KEY')")
    public SecretRef secret(@Example("'SERVE_KEY'") String name) {
        return new SecretRef(name);
    }

    HttpSpec spec() {
        return new HttpSpec(host, port, key);
    }
}

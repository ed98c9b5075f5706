package dev.septet.workers.serve.admission;

import dev.septet.workers.serve.openai.ApiProblem;
import java.util.function.BooleanSupplier;

/**
 * Bytes of requests in flight and places for answers. Both are taken before a request's body is
 * read, so that what is refused costs nothing.
 */
public final class Admission {
    private static final String ANSWERS =
            "%d answers are being written or wait, and this server takes %d; try again soon";

    private final SharedLimit bytes;
    private final SharedLimit answers;

    /**
     * @param bytes most bytes of request bodies that are held at once
     * @param answers most answers that are written or wait
     * @param shared whether there are several tenants, each with a share
     */
    public Admission(long bytes, int answers, BooleanSupplier shared) {
        this.bytes = new SharedLimit(bytes, shared);
        this.answers = new SharedLimit(answers, shared);
    }

    /**
     * Takes a request in.
     *
     * @param size of its body in bytes, as far as that is known
     * @param places for its answers; 0 for a request that has none
     * @return to be closed when the request is over
     * @throws ApiProblem 429 when the tenant holds its share, or no place is free; 503 when there
     *     is no memory
     */
    public Admitted enter(String tenant, long size, int places) {
        Admitted admitted = new Admitted(tenant);
        admitted.answers(places);
        try {
            admitted.bytes(size);
        } catch (ApiProblem refused) {
            admitted.close();
            throw refused;
        }
        return admitted;
    }

    /** Answers that are written or wait now. */
    public long taken() {
        return answers.used();
    }

    /** Bytes of requests that are held now. */
    public long held() {
        return bytes.used();
    }

    /** What one request holds, until it is closed. */
    public final class Admitted implements AutoCloseable {
        private final String tenant;
        private long size;
        private long places;

        private Admitted(String tenant) {
            this.tenant = tenant;
        }

        /** The tenant whose request it is. */
        public String tenant() {
            return tenant;
        }

        /** Holds this many bytes from now on. */
        public synchronized void bytes(long now) {
            if (now <= size) {
                bytes.giveBack(tenant, size - now);
                size = now;
                return;
            }
            SharedLimit.Refusal refusal = bytes.take(tenant, now - size);
            if (refusal == SharedLimit.Refusal.SHARE) {
                throw ApiProblem.busy("this key's requests in flight hold its share of this server's memory for"
                        + " requests; try again when one of them is answered");
            }
            if (refusal != null) {
                throw ApiProblem.failed(
                        503,
                        "overloaded",
                        "requests in flight hold %d of the %d bytes that this server has for them; try again soon"
                                .formatted(bytes.used(), bytes.most()));
            }
            size = now;
        }

        /** Holds places for this many answers from now on. */
        public synchronized void answers(int now) {
            if (now <= places) {
                answers.giveBack(tenant, places - now);
                places = now;
                return;
            }
            SharedLimit.Refusal refusal = answers.take(tenant, now - places);
            if (refusal == SharedLimit.Refusal.SHARE) {
                throw ApiProblem.busy(
                        "this key's answers that are being written or wait are its share of the %d that this server takes; try again soon"
                                .formatted(answers.most()));
            }
            if (refusal != null) {
                throw ApiProblem.busy(ANSWERS.formatted(answers.used(), answers.most()));
            }
            places = now;
        }

        /** One of its answers has ended. */
        public synchronized void answered() {
            if (places > 0) {
                places--;
                answers.giveBack(tenant, 1);
            }
        }

        /** The request is over. Harmless when it is closed already. */
        @Override
        public synchronized void close() {
            bytes.giveBack(tenant, size);
            answers.giveBack(tenant, places);
            size = 0;
            places = 0;
        }
    }
}

package dev.septet.workers.serve.admission;

import dev.septet.workers.serve.openai.ApiProblem;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * Limits the bytes of requests in flight and the number of answers. Both are reserved before a
 * request's body is read, so that a refused request costs nothing.
 */
public final class Admission {
    private final SharedLimit bytes;
    private final SharedLimit answers;

    /**
     * @param bytes most bytes of request bodies in memory
     * @param answers most answers that are generated or wait
     * @param shared whether there are several tenants, each with a share
     */
    public Admission(long bytes, int answers, BooleanSupplier shared) {
        this.bytes = new SharedLimit(bytes, shared);
        this.answers = new SharedLimit(answers, shared);
    }

    /**
     * Admits a request.
     *
     * @param size size of its body in bytes, as far as it is known
     * @param places number of its answers; 0 for a request without answers
     * @return the reservation, to be closed when the request ends
     * @throws ApiProblem 429 when the tenant's share is used up or no place is free; 503 when the
     *     memory limit is reached
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

    /** The number of answers that are generated or wait now. */
    public long answersInProgress() {
        return answers.used();
    }

    /** The bytes of requests in memory now. */
    public long bytesInUse() {
        return bytes.used();
    }

    /** The reservation of one request, released by closing it. */
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

        /** Changes the reservation to this number of bytes. */
        public synchronized void bytes(long now) {
            if (now <= size) {
                bytes.release(tenant, size - now);
                size = now;
                return;
            }
            SharedLimit.Refusal refusal = bytes.acquire(tenant, now - size);
            if (refusal == SharedLimit.Refusal.SHARE) {
                throw ApiProblem.busy("this key's requests in flight hold its share of this server's memory for"
                        + " requests; try again when one of them is answered");
            }
            if (refusal != null) {
                throw ApiProblem.failed(
                        503,
                        "overloaded",
                        String.format(
                                Locale.ROOT,
                                "requests in flight hold %d of the %d bytes that this server has for them; try again soon",
                                bytes.used(),
                                bytes.max()));
            }
            size = now;
        }

        /** Changes the reservation to this number of answers. */
        public synchronized void answers(int now) {
            if (now <= places) {
                answers.release(tenant, places - now);
                places = now;
                return;
            }
            SharedLimit.Refusal refusal = answers.acquire(tenant, now - places);
            if (refusal == SharedLimit.Refusal.SHARE) {
                throw ApiProblem.busy(String.format(
                        Locale.ROOT,
                        "this key's running and waiting answers are its share of the %d that this server accepts; try again soon",
                        answers.max()));
            }
            if (refusal != null) {
                throw ApiProblem.busy(String.format(
                        Locale.ROOT,
                        "%d answers run or wait, and this server accepts %d; try again soon",
                        answers.used(),
                        answers.max()));
            }
            places = now;
        }

        /** Releases the place of an answer that has ended. */
        public synchronized void answered() {
            if (places > 0) {
                places--;
                answers.release(tenant, 1);
            }
        }

        /** Releases the reservation. Harmless when it is closed already. */
        @Override
        public synchronized void close() {
            bytes.release(tenant, size);
            answers.release(tenant, places);
            size = 0;
            places = 0;
        }
    }
}

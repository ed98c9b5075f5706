package dev.septet.activities.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.answer.BudgetLedger.Amount;
import dev.septet.activities.endpoint.RequestClock;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.dsl.pipeline.prepare.GenerateSpec.Budget;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Budgets and the distance of requests. */
class BudgetLedgerTest {
    @TempDir
    private Path folder;

    private static Amount tokens(long tokens) {
        return new Amount(tokens, tokens / 100.0);
    }

    private BudgetLedger open(Budget budget, int attempt, Set<String> arrived) throws IOException {
        LocalStore store = new LocalStore(folder);
        Fence fence = new Fence("run/prepare", attempt);
        store.open(fence);
        return new BudgetLedger(store, fence, "run/0", budget, arrived::contains);
    }

    private static final Budget TOKENS = new Budget(100L, null, Budget.End.STOP);

    @Test
    void requestsFitInTheirOrder() throws IOException {
        BudgetLedger ledger = open(TOKENS, 1, Set.of());
        assertThat(ledger.fitting(List.of(tokens(60), tokens(50), tokens(10)))).isEqualTo(1);
        ledger.reserve(Map.of("a", tokens(60)));
        ledger.settle(tokens(15));
        assertThat(ledger.fitting(List.of(tokens(60), tokens(50)))).isEqualTo(1);
        assertThat(ledger.fitting(List.of(tokens(40), tokens(45)))).isEqualTo(2);
        Budget money = new Budget(null, 0.5, Budget.End.STOP);
        assertThat(open(money, 2, Set.of("a")).fitting(List.of(tokens(40), tokens(11))))
                .isEqualTo(1);
    }

    @Test
    void requestsOfKilledAttemptsCountUnlessTheirAnswersArrived() throws IOException {
        open(TOKENS, 1, Set.of()).reserve(Map.of("a", tokens(30), "b", tokens(40)));
        BudgetLedger second = open(TOKENS, 2, Set.of("a"));
        assertThat(second.fitting(List.of(tokens(60), tokens(1)))).isEqualTo(1);
        second.reserve(Map.of("c", tokens(50)));
        BudgetLedger third = open(TOKENS, 3, Set.of("a"));
        assertThat(third.fitting(List.of(tokens(10)))).isEqualTo(1);
        assertThat(third.fitting(List.of(tokens(11)))).isZero();
    }

    @Test
    void aRefusedRequestIsNotLost() throws IOException {
        BudgetLedger first = open(TOKENS, 1, Set.of());
        first.reserve(Map.of("a", tokens(30), "b", tokens(40)));
        first.free("b");
        BudgetLedger second = open(TOKENS, 2, Set.of());
        assertThat(second.spent()).isEqualTo(tokens(30));
        assertThat(second.fitting(List.of(tokens(70), tokens(1)))).isEqualTo(1);
    }

    @Test
    void aRepeatedRequestNeedsRoomForTheLostOne() throws IOException {
        BudgetLedger ledger = open(TOKENS, 1, Set.of());
        ledger.reserve(Map.of("a", tokens(40)));
        assertThat(ledger.lost(tokens(40))).isTrue();
        assertThat(ledger.lost(tokens(40))).isFalse();
        ledger.settle(Amount.NONE);
        assertThat(ledger.fitting(List.of(tokens(20)))).isEqualTo(1);
        assertThat(ledger.fitting(List.of(tokens(21)))).isZero();
    }

    @Test
    void requestsKeepTheirDistance() throws InterruptedException {
        AtomicLong now = new AtomicLong();
        AtomicLong paused = new AtomicLong();
        RequestClock clock = new RequestClock() {
            @Override
            public void pause(Duration time) {
                paused.addAndGet(time.toMillis());
                now.addAndGet(time.toNanos());
            }

            @Override
            public long nanos() {
                return now.get();
            }
        };
        Pace pace = new Pace(60, clock);
        for (int i = 0; i < 4; i++) {
            pace.await();
        }
        assertThat(paused.get()).isEqualTo(3000);
        now.addAndGet(Duration.ofSeconds(5).toNanos());
        pace.await();
        assertThat(paused.get()).isEqualTo(3000);
    }
}

package dev.septet.workers.serve.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.evaluate.safety.GuardVerdict;
import dev.septet.activities.evaluate.safety.GuardedExchange;
import dev.septet.activities.evaluate.safety.SafetyGuard;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServedGuardTest {
    private static final ServingGuardSpec SPEC = new ServingGuardSpec(
            new SafetySpec.Guard(new SafetySpec.Model(null, "guard", null), SafetySpec.Style.LABELS, null),
            ServingGuardSpec.DEFAULT_ON,
            ServingGuardSpec.Action.REFUSE,
            ServingGuardSpec.DEFAULT_REFUSAL,
            List.of());

    private final List<String> judged = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);

    private final class Guard implements SafetyGuard {
        @Override
        public List<GuardVerdict> judge(List<GuardedExchange> exchanges) {
            if (exchanges.get(0).prompt().startsWith("many")) {
                begun.countDown();
                try {
                    assertThat(gate.await(1, TimeUnit.MINUTES)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            exchanges.forEach(each -> judged.add(each.prompt()));
            return exchanges.stream()
                    .map(each -> GuardVerdict.of(false, 0.1, List.of()))
                    .toList();
        }

        @Override
        public void close() {
            judged.add("closed");
        }
    }

    @Test
    void aTenantWithManyTextsDoesNotDelayTheOthers() throws Exception {
        try (ServedGuard guard = ServedGuard.open(SPEC, "0123456789ab", new Guard(), Duration.ofMinutes(1))) {
            judged.clear();
            List<CompletableFuture<GuardVerdict>> many = new ArrayList<>();
            for (int text = 0; text < 200; text++) {
                many.add(guard.judge("busy", GuardedExchange.ofPrompt("many " + text))
                        .toCompletableFuture());
            }
            assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
            guard.judge("other", GuardedExchange.ofPrompt("one"));
            gate.countDown();
            CompletableFuture.allOf(many.toArray(CompletableFuture<?>[]::new)).get(1, TimeUnit.MINUTES);
            await().untilAsserted(() -> assertThat(judged).hasSize(201));
            assertThat(judged.indexOf("one")).isLessThan(24);
        }
        await().untilAsserted(() -> assertThat(judged).contains("closed"));
    }

    @Test
    void aGuardThatClosesGivesNoVerdictToThoseWhoWait() throws Exception {
        ServedGuard guard = ServedGuard.open(SPEC, "0123456789ab", new Guard(), Duration.ofMinutes(1));
        List<CompletableFuture<GuardVerdict>> many = new ArrayList<>();
        for (int text = 0; text < 50; text++) {
            many.add(guard.judge("busy", GuardedExchange.ofPrompt("many " + text))
                    .toCompletableFuture());
        }
        assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
        guard.close();
        gate.countDown();
        await().untilAsserted(() -> assertThat(many).allMatch(CompletableFuture::isDone));
        assertThat(many.get(49)).isCompletedExceptionally();
        assertThat(guard.judge("late", GuardedExchange.ofPrompt("one")).toCompletableFuture())
                .isCompletedExceptionally();
    }

    @Test
    void warningsHaveAPauseAndTheNumberOfThoseBetween() {
        WarningLimit limit = new WarningLimit(Duration.ofSeconds(1));
        assertThat(limit.permit(0)).hasValue(0);
        assertThat(limit.permit(1)).isEqualTo(OptionalLong.empty());
        assertThat(limit.permit(999_999_000)).isEmpty();
        assertThat(limit.permit(1_000_000_000)).hasValue(2);
        assertThat(limit.permit(1_000_000_001)).isEmpty();
    }
}

package dev.septet.workers.cli.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.evaluate.report.PageTemplate;
import dev.septet.activities.quota.RunUse;
import dev.septet.activities.report.ReportSettings;
import dev.septet.activities.report.RunCost;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CostsViewTest {
    private static final long HOUR = 3_600_000;

    private static RunCost cost(String price, String currency, @Nullable RunUse use) {
        return new RunCost(HOUR, new ReportSettings.Price(new BigDecimal(price), currency), null, null, null).with(use);
    }

    private static RunUse use(double hours, long tokens, String currency, String amount) {
        return new RunUse(hours, tokens, Map.of(currency, new BigDecimal(amount)));
    }

    @Test
    void currenciesAreNeverAdded() {
        CostSum sum = CostSum.of(List.of(
                cost("2.40", "EUR", use(0.5, 1000, "USD", "0.75")),
                cost("1.00", "EUR", use(0.25, 200, "EUR", "0.10")),
                cost("3.00", "USD", use(0, 0, "USD", "0.25")),
                cost("5.00", "USD", null)));

        assertThat(sum.runs()).isEqualTo(4);
        assertThat(sum.machineMillis()).isEqualTo(4 * HOUR);
        assertThat(UiWords.amounts(sum.machines())).isEqualTo("3.40\u00a0EUR and 8.00\u00a0USD");
        assertThat(UiWords.amounts(sum.use().costs())).isEqualTo("0.10\u00a0EUR and 1.00\u00a0USD");
        assertThat(sum.use().gpuHours()).isEqualTo(0.75);
        assertThat(sum.use().tokens()).isEqualTo(1200);
    }

    /** A run that was in progress at an upgrade recorded its requests, and only what the service charged for its training. */
    @Test
    void aChargeThatNoActivityRecordedCounts() {
        RunUse euros = use(0.5, 1000, "EUR", "0.75");
        ReportSettings.Price charge = new ReportSettings.Price(new BigDecimal("4"), "USD");

        assertThat(CostSum.use(charged(charge, euros)).costs()).containsOnlyKeys("EUR", "USD");
        assertThat(CostSum.use(charged(charge, null)).costs()).containsOnlyKeys("USD");
        assertThat(CostSum.use(charged(charge, use(0, 0, "USD", "5"))).costs())
                .as("with the charge in it")
                .containsEntry("USD", new BigDecimal("5"));
    }

    private static RunCost charged(ReportSettings.Price charge, @Nullable RunUse use) {
        return new RunCost(HOUR, null, null, null, null, charge, use);
    }

    @Test
    void readsOnlyThePipelinesOfThePage() {
        Set<String> names = new TreeSet<>();
        for (int at = 0; at < 60; at++) {
            names.add("desk-" + (100 + at));
        }
        names.add("other");
        List<String> read = new ArrayList<>();

        CostsView view = CostsView.of(names, " DESK", 9, on -> {
            read.addAll(on);
            return Collections.nCopies(on.size(), null);
        });

        assertThat(view.matches()).isEqualTo(60);
        assertThat(view.page()).as("the last one").isEqualTo(3);
        assertThat(read).hasSize(10).startsWith("desk-150");
        assertThat(page(view)).contains("is being read", "Page 3 of 3");
    }

    @Test
    void aHostileNameAndCurrencyAreText() {
        String hostile = "<script>alert(1)</script>\u202e";
        CostSum sum = CostSum.of(List.of(cost("1", "EUR", use(1, 1, hostile, "1"))));

        String page = page(CostsView.of(Set.of(hostile), "", 1, on -> List.of(sum)));

        assertThat(page)
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]", "1.00")
                .doesNotContain("<script>alert", "\u202e");
    }

    private static String page(CostsView view) {
        UiUser user = new UiUser("anna", true, false, "0".repeat(48), null);
        return PageTemplate.html(
                "ui/costs.jte", "page", new UiPage<>("Costs", UiPage.Place.COSTS, user, "", null, null, null, 0, view));
    }
}

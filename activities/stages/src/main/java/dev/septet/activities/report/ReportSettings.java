package dev.septet.activities.report;

import dev.septet.settings.Setting;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the operator says about machines and addresses, for reports.
 *
 * @param price price of a machine for one hour; null = not given
 * @param watts electric power of a machine while it works; null = not given
 * @param grid carbon intensity of the electricity in grams of CO2 equivalent per kWh; null = not given
 * @param webUi address of Temporal's Web UI; null = not given
 */
public record ReportSettings(
        @Nullable Price price,
        @Nullable BigDecimal watts,
        @Nullable BigDecimal grid,
        @Nullable URI webUi) {
    /** Nothing is given. */
    public static final ReportSettings NONE = new ReportSettings(null, null, null, null);

    private static final BigDecimal MILLIS_PER_HOUR = BigDecimal.valueOf(3_600_000);

    /** An amount of money, such as {@code 2.40 EUR}. */
    public record Price(BigDecimal amount, String currency) {
        /** The price of this many milliseconds, rounded to cents. */
        public String of(long millis) {
            return "%s %s".formatted(amountOf(millis), currency);
        }

        /** The same price without its currency. */
        public String amountOf(long millis) {
            return amount.multiply(hours(millis))
                    .setScale(2, RoundingMode.HALF_UP)
                    .toPlainString();
        }

        @Override
        public String toString() {
            return amount.toPlainString() + " " + currency;
        }
    }

    /** Reads the settings from environment variables, whose forms {@link Setting} checks at the start. */
    public static ReportSettings of(Map<String, String> environment) {
        String price = Setting.PRICE_PER_HOUR.value(environment);
        String webUi = Setting.WEB_UI.value(environment);
        return new ReportSettings(
                price == null ? null : price(price.strip()),
                number(Setting.POWER_WATTS.value(environment)),
                number(Setting.GRID_GRAMS.value(environment)),
                webUi == null ? null : URI.create(webUi.strip()));
    }

    /** Energy of a machine that works this long in kWh; empty without its power. */
    public Optional<BigDecimal> kilowattHours(long millis) {
        return Optional.ofNullable(watts)
                .map(power -> power.multiply(hours(millis)).divide(BigDecimal.valueOf(1000), 6, RoundingMode.HALF_UP));
    }

    /** The page of a run in the Web UI, without user, password, query and fragment; empty without an address. */
    public Optional<String> link(String namespace, String workflowId, String runId) {
        URI base = webUi;
        if (base == null) {
            return Optional.empty();
        }
        String port = base.getPort() < 0 ? "" : ":" + base.getPort();
        String path = base.getRawPath() == null ? "" : base.getRawPath().replaceAll("/+$", "");
        return Optional.of("%s://%s%s%s/namespaces/%s/workflows/%s/%s"
                .formatted(
                        base.getScheme(),
                        base.getHost(),
                        port,
                        path,
                        segment(namespace),
                        segment(workflowId),
                        segment(runId)));
    }

    private static BigDecimal hours(long millis) {
        return BigDecimal.valueOf(millis).divide(MILLIS_PER_HOUR, 9, RoundingMode.HALF_UP);
    }

    private static Price price(String text) {
        int space = text.indexOf(' ');
        return new Price(new BigDecimal(text.substring(0, space)), text.substring(space + 1));
    }

    private static @Nullable BigDecimal number(@Nullable String text) {
        return text == null ? null : new BigDecimal(text.strip());
    }

    private static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

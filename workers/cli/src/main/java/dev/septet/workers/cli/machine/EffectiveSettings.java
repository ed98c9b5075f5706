package dev.septet.workers.cli.machine;

import dev.septet.settings.Setting;
import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every declared {@link Setting} with its effective value in this environment. */
record EffectiveSettings(Map<String, String> environment) {

    /**
     * All settings in the order of their declarations. A pattern stands for all matching variables
     * that are set.
     */
    List<EffectiveSetting> all() throws IOException {
        ClientConfigProfile profile = profile();
        List<EffectiveSetting> all = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            if (setting.isPattern()) {
                environment.keySet().stream()
                        .filter(name -> Setting.of(name).filter(setting::equals).isPresent())
                        .sorted()
                        .forEach(name -> all.add(of(setting, name, null)));
            } else {
                all.add(of(setting, setting.variable(), configured(setting, profile)));
            }
        }
        return all;
    }

    private EffectiveSetting of(Setting setting, String name, @Nullable String configured) {
        String value = environment.get(name);
        if (value != null && !value.isEmpty()) {
            return new EffectiveSetting(name, shown(setting, value), "environment");
        }
        return configured == null || configured.isEmpty()
                ? new EffectiveSetting(name, setting.standard(), "default")
                : new EffectiveSetting(name, shown(setting, configured), "temporal's profile");
    }

    private static @Nullable String configured(Setting setting, ClientConfigProfile profile) {
        return switch (setting) {
            case TEMPORAL_ADDRESS -> profile.getAddress();
            case TEMPORAL_NAMESPACE -> profile.getNamespace();
            case TEMPORAL_API_KEY -> profile.getApiKey();
            default -> null;
        };
    }

    private ClientConfigProfile profile() throws IOException {
        try {
            return ClientConfigProfile.load(LoadClientConfigProfileOptions.newBuilder()
                    .setEnvOverrides(environment)
                    .build());
        } catch (RuntimeException e) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "the Temporal configuration cannot be read: " + e.getMessage() + ". See `temporal config list`.");
        }
    }

    private static String shown(Setting setting, String value) {
        return setting.secret() ? "(set, not shown)" : Setting.withoutPassword(value);
    }
}

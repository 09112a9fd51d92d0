package org.thalweg.zoo;

import java.util.*;
import org.junit.jupiter.api.Test;
import org.thalweg.tensor.*;
import org.thalweg.training.Monitor;

class ScratchTest {
    @Test
    void run() throws Exception {
        for (MoeSystem system : List.of(new MetisHomeSystem(), new MobileSystem())) {
            Settings settings = new Settings(system.defaults());
            Map<String, Parameters> models = new LinkedHashMap<>();
            try (Scope scope = Scope.open()) {
                for (Variant variant : system.variants(settings)) {
                    long t = System.nanoTime();
                    long cpu = cpu();
                    Parameters model = system.train(variant, variant.from().map(models::get), new SystemTraining(settings, 1, Monitor.SILENT));
                    models.put(variant.name(), model);
                    long u = System.nanoTime();
                    long cpu2 = cpu();
                    System.out.println("RESULT " + variant + " train s " + (u - t) / 1e9 + " cpu " + (cpu2 - cpu) / 1e9);
                    System.out.println("RESULT " + system.measure(variant, model, settings) + " s " + (System.nanoTime() - u) / 1e9);
                }
            }
        }
    }
    static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) java.lang.management.ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}

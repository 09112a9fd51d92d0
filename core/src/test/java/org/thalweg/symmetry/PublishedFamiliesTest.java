package org.thalweg.symmetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.thalweg.checkpoint.ElementType;
import org.thalweg.checkpoint.TensorLayout;
import org.thalweg.symmetry.spec.ArchitectureSpec;

/** The built-in specifications against the sizes of published checkpoints: every tensor, every axis, every space. */
class PublishedFamiliesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gpt2 | V=50257 P=1024 H=768 L=12 heads=12 I=3072 | 124439808 | 148 |
            llama | V=32000 H=4096 L=32 qh=32 kh=8 D=128 I=14336 | 7241732096 | 291 | untied-head
            llama | V=128256 H=4096 L=32 qh=32 kh=8 D=128 I=14336 | 8030261248 | 291 | untied-head
            mixtral | V=32000 H=4096 L=32 qh=32 kh=8 D=128 M=14336 E=8 | 46702792704 | 995 | untied-head \
            short-names
            switch | V=32128 H=768 L=12 A=768 heads=12 B=32 I=3072 E=8 | 619339008 | 437 | relu
            bert | V=30522 P=512 H=768 L=12 heads=12 I=3072 | 109482240 | 199 | pooler
            qwen2-moe | V=151936 H=2048 L=24 qh=16 kh=16 D=128 I=5632 M=1408 S=5632 E=60 | 14315784192 \
            | 4659 | untied-head attention-biases shared-experts shared-expert
            qwen3-moe | V=151936 H=2048 L=48 qh=32 kh=4 D=128 I=6144 M=768 E=128 | 30532122624 | 18867 \
            | untied-head shared-query-key-norm
            olmoe | V=50304 H=2048 L=16 qh=16 kh=16 D=128 M=1024 E=64 | 6919161856 | 3219 | untied-head \
            whole-query-key-norm
            deepseek-moe | V=102400 H=2048 L=28 qh=16 kh=16 D=128 I=10944 M=1408 S=2816 E=64 F=1 | \
            16375728128 | 5466 | untied-head shared-experts
            deepseek-v2-lite | V=102400 H=2048 L=27 qh=16 n=128 r=64 v=128 C=512 I=10944 M=1408 \
            S=2816 E=64 F=1 | 15706484224 | 5291 | untied-head shared-experts
            deepseek-v2 | V=102400 H=5120 L=60 qh=128 n=128 r=64 v=128 C=512 Q=1536 I=12288 M=1536 \
            S=3072 E=160 F=1 G=8 | 235741434880 | 29102 | untied-head shared-experts low-rank-queries
            deepseek-v3 | V=129280 H=7168 L=61 qh=128 n=128 r=64 v=128 C=512 Q=1536 I=18432 M=2048 \
            S=2048 E=256 F=3 G=8 | 671026419200 | 45395 | untied-head shared-experts low-rank-queries \
            absolute-router correction-bias
            """)
    void coversThePublishedCheckpoint(
            String family, String sizes, long parameters, int tensors, String flags) {
        Map<String, Integer> lengths = PublishedShapes.sizes(sizes);
        Map<String, long[]> shapes = PublishedShapes.shapes(family, lengths);
        assertThat(shapes).hasSize(tensors);
        assertThat(shapes.values().stream().mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
                .sum()).isEqualTo(parameters);
        String[] set = flags == null ? new String[0] : flags.split(" ");
        ArchitectureSpec spec = ArchitectureSpec.builtIn(family.replace("-lite", ""));
        Map<String, long[]> canonical = new LinkedHashMap<>();
        Map<String, TensorLayout> stored = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> stored.put(name, new TensorLayout(ElementType.BF16, shape)));
        spec.stored(shapes).canonical(stored).forEach((name, layout) -> canonical.put(name, layout.shape()));
        Architecture bound = spec.bind(canonical, PublishedShapes.conditions(lengths, set));
        assertThat(bound.tensors()).hasSize(tensors);
        assertThat(bound.log10Order()).isCloseTo(expectedOrder(bound), within(1e-3)).isPositive();
        assertThat(bound.dimension()).isPositive();
    }

    /** Summed in another way: over the kinds of groups. */
    private static double expectedOrder(Architecture bound) {
        double sum = 0;
        for (Space space : bound.spaces().values()) {
            int n = space.group().size();
            sum += switch (space.group().kind().label()) {
                case "permutation" -> log10Factorial(n);
                case "signed permutation" -> log10Factorial(n) + n * Math.log10(2);
                case "signed scaling" -> n * Math.log10(2);
                case "invertible" -> Math.log10(2);
                default -> 0;
            };
        }
        return sum;
    }

    private static double log10Factorial(int n) {
        // Stirling's series to 1/n³.
        return n < 2 ? 0 : (n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1.0 / (12 * n)
                - 1.0 / (360.0 * n * n * n) + 1.0 / (1260.0 * Math.pow(n, 5))) / Math.log(10);
    }
}

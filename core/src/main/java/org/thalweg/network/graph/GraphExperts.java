package org.thalweg.network.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.thalweg.network.DeclaredTensor;
import org.thalweg.network.ExpertChoice;
import org.thalweg.network.Inputs;
import org.thalweg.network.LayerTensors;
import org.thalweg.network.Network;
import org.thalweg.network.Normalisation;
import org.thalweg.network.Role;
import org.thalweg.network.StageSpan;
import org.thalweg.network.TensorNames;
import org.thalweg.network.TensorTable;
import org.thalweg.tensor.DType;
import org.thalweg.tensor.Functions;
import org.thalweg.tensor.Parameters;
import org.thalweg.tensor.Random;
import org.thalweg.tensor.Tensor;

/**
 * Graph convolutions with prompts as experts (GMoPE, arXiv 2511.03251). An input [batch nodes·(nodes+features)] is a
 * graph: a number for every ordered pair of nodes, row after row, then the nodes' features. Two nodes have an edge when
 * the mean of their two numbers is at least ½, so that every vector of numbers is some graph; edges to oneself do not
 * count.
 *
 * <p>The first stage makes {@code [Â X, Â]} with {@code Â = D^-½ (A + I) D^-½}, [batch nodes features+nodes], without a
 * tensor of the model. The second runs the experts. With classes it mixes what they say by confidence and answers
 * [batch nodes classes]; without, it answers with all that they say, [batch experts nodes embedding].
 *
 * @param config sizes
 * @param names what the tensors are called
 */
public record GraphExperts(GraphConfig config, TensorNames names) implements Network {
    @Override
    public int stages() {
        return 2;
    }

    @Override
    public String stageName(int stage) {
        return stage == 0 ? "the normalised adjacency" : "the experts";
    }

    @Override
    public Tensor run(Parameters parameters, Tensor state, StageSpan span, ExpertChoice choice) {
        Tensor x = state;
        for (int stage = span.from(); stage < span.to(); stage++) {
            x = stage == 0 ? spread(x) : answer(new LayerTensors(names, parameters, 0), x, choice);
        }
        return x;
    }

    private Tensor spread(Tensor graphs) {
        int nodes = config.nodes();
        Tensor pairs = graphs.narrow(1, 0, (long) nodes * nodes).reshape(-1, nodes, nodes); // [batch nodes nodes]
        Tensor both = pairs.add(pairs.transpose(1, 2)).multiply(0.5);
        Tensor edges = Functions.clamp(both, 0, 1).add(0.5).floorDivide(1);
        Tensor self = identity(nodes).to(graphs.dtype());
        Tensor adjacency = edges.multiply(self.multiply(-1).add(1)).add(self);
        Tensor degrees = adjacency.sum(2, true).sqrt(); // [batch nodes 1]
        Tensor normalised = adjacency.divide(degrees).divide(degrees.transpose(1, 2));
        Tensor features = graphs.narrow(1, (long) nodes * nodes, (long) nodes * config.features())
                .reshape(-1, nodes, config.features());
        return Tensor.concatenate(List.of(normalised.matmul(features), normalised), 2);
    }

    private static Tensor identity(int size) {
        double[] entries = new double[size * size];
        IntStream.range(0, size).forEach(i -> entries[i * size + i] = 1);
        return Tensor.of(entries, size, size);
    }

    private Tensor answer(LayerTensors tensors, Tensor graphs, ExpertChoice choice) {
        Tensor nodes = graphs.reshape(-1, graphs.length(2)); // [batch*nodes features+nodes]
        if (config.classes().isPresent()) {
            Tensor mixed = config.layer().forward(tensors, nodes, choice); // [batch*nodes embedding]
            return tensors.linear(Role.CLASSIFIER, true).apply(mixed)
                    .reshape(graphs.length(0), config.nodes(), config.classes().getAsInt());
        }
        List<Tensor> said = new ArrayList<>();
        for (int expert = 0; expert < config.experts(); expert++) {
            said.add(config.layer().expert(tensors, expert, nodes)
                    .reshape(graphs.length(0), config.nodes(), config.expert().embedding()));
        }
        return Tensor.stack(said, 1);
    }

    @Override
    public Map<String, DeclaredTensor> tensors() {
        TensorTable table = new TensorTable(names);
        table.at(1, 0);
        config.layer().declare(table, config.features());
        config.classes().ifPresent(classes ->
                table.linear(Role.CLASSIFIER, classes, config.expert().embedding(), true));
        return table.tensors();
    }

    @Override
    public Inputs inputs() {
        int outputs = config.classes().orElse(config.experts() * config.expert().embedding());
        return new Inputs.Vectors(config.inputs(), config.nodes() * outputs);
    }

    @Override
    public Object configuration() {
        return config;
    }

    @Override
    public Normalisation normalisation() {
        return Normalisation.NONE;
    }

    /**
     * Random tensors: maps uniform in ±1/√(inputs of the map), prompts standard normal.
     *
     * @param random where the numbers come from
     * @return every tensor, float32
     */
    public Parameters initialise(Random random) {
        return DeclaredTensor.draw(tensors().values(), random);
    }

    /** Whether a tensor is a prompt. */
    public boolean isPrompt(String name) {
        return promptNames().contains(name);
    }

    /** Whether a tensor belongs to the classifier. */
    public boolean isOfClassifier(String name) {
        String weight = names.of(Role.CLASSIFIER, 0);
        return name.equals(weight) || name.equals(TensorNames.biasOf(weight));
    }

    private List<String> promptNames() {
        return named(Role.EXPERT_PROMPT);
    }

    private List<String> named(Role role) {
        return IntStream.range(0, config.experts()).mapToObj(expert -> names.of(role, 0, expert, 0)).toList();
    }

    /**
     * The prompts.
     *
     * @param parameters the model; not changed
     * @return [experts prompt]
     */
    public Tensor prompts(Parameters parameters) {
        return Tensor.stack(promptNames().stream().map(parameters::get).toList(), 0);
    }

    /**
     * The same function of graphs with what alone acts of prompts and embeddings: every expert's prompt is the first
     * unit vector and its map has {@code P p} in the first column and else nothing; the classifier's map is folded into
     * the experts' last maps and is itself the first {@code classes} coordinates. What is left of the symmetries are
     * orders of experts and of their units, and units' factors.
     *
     * @param parameters a model with a classifier; not changed
     * @return new tensors for those that differ, in the type of each
     */
    public Parameters folded(Parameters parameters) {
        Map<String, Tensor> changed = new LinkedHashMap<>();
        String head = names.of(Role.CLASSIFIER, 0);
        Tensor classifier = parameters.get(head); // [classes embedding]
        long rest = classifier.length(1) - classifier.length(0);
        for (int expert = 0; expert < config.experts(); expert++) {
            String promptName = names.of(Role.EXPERT_PROMPT, 0, expert, 0);
            String mapName = names.of(Role.EXPERT_PROMPT_MAP, 0, expert, 0);
            String lastName = names.of(Role.EXPERT_DOWN, 0, expert, 0);
            Tensor prompt = parameters.get(promptName);
            Tensor acting = parameters.get(mapName).matmul(prompt.reshape(-1, 1)); // [hidden 1]
            changed.put(promptName, identity((int) prompt.size()).to(prompt.dtype()).select(0, 0));
            changed.put(mapName, filled(acting, 1, prompt.size() - 1));
            changed.put(lastName, filled(classifier.matmul(parameters.get(lastName)), 0, rest));
        }
        Tensor coordinates = identity((int) classifier.length(0)).to(classifier.dtype());
        changed.put(head, filled(coordinates, 1, rest));
        return parameters.with(Parameters.of(changed));
    }

    private static Tensor filled(Tensor matrix, int axis, long zeros) {
        Tensor none = axis == 0
                ? Tensor.zeros(DType.FLOAT64, zeros, matrix.length(1))
                : Tensor.zeros(DType.FLOAT64, matrix.length(0), zeros);
        return Tensor.concatenate(List.of(matrix, none.to(matrix.dtype())), axis);
    }
}

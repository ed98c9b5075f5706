pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl', format: caht
        maxTokens 4
        split train: 90.percent, test: 20.percent
    }
    initialize {
        modle 'models/base'
    }
    train {
        method lora { rnk 8 }
        epochs 0
        timeout 500.mb
        retry atempts: 5
        learningRate cosine(peak: 2e-4, warmup: 5.percent)
    }
}

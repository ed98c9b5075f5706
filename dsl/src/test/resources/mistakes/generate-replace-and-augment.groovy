pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        augment casing
        generate distill(replace: true) { by model('models/teacher'); budget tokens: 1.million }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        generate distill(agree: 2) { by model('models/teacher'); budget tokens: 1.million }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

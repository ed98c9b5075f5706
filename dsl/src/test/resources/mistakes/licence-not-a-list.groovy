pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
        require licence: 'mit'
    }
    train {
        method lora()
    }
}

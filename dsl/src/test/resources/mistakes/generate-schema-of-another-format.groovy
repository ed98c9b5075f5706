pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        generate questions { by model('models/teacher'); budget tokens: 1.million; schema 'data/answer.xsd' }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

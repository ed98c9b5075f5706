pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        generate paraphrases { by model('models/teacher'); budget tokens: 1.million; schema 'data/answer.schema.json' }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

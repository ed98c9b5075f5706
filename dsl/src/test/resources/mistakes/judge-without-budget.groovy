pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    evaluate { metric judge(openai(endpoint: 'lab', model: 'm'), rubric: 'data/rubric.txt'), above: 0.7 }
}

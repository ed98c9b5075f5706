pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        by openai(endpoint: 'azure', model: 'gpt 4o')
    }
    evaluate { metric loss }
}

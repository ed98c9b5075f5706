pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    train {
        method full()
        by openai(endpoint: 'https://api.openai.com', model: 'gpt-4o-mini')
    }
    evaluate { metric loss }
}

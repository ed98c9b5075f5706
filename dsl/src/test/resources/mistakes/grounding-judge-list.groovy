pipeline('hello') {
    prepare { dataset 'data/hello.jsonl' }
    initialize { model 'models/tiny' }
    train { method lora() }
    evaluate {
        grounding judge: [model('models/a'), [model('models/b')], lora], tokens: 9
    }
}

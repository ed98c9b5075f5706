pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        dataset 'data/test.jsonl', split: test
        split folds: 5
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
